"""How each kind of channel writes a message: one pure file a form, Message in, payload out."""
