"""The look on the settings page: its form, the logo, and the preview of what is not saved yet."""
