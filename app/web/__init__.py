"""What all rooms share of HTTP: tenant, access, htmx answers, errors, security headers, language, navigation."""
