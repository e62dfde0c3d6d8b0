"""A tenant's places and what can be booked there: locations, hours, resources, and the lists that describe them."""
