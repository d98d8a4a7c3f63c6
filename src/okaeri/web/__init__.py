"""The web application: the only part that imports Django; it imports the library, which never imports it."""
