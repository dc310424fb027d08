"""The compiled engine: tables, dice, calendar, inboxes, and the server that a person is."""
