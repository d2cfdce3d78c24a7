"""Programs for those who work on the portal; nothing of the portal imports them."""
