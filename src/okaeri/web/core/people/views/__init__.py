"""The pages of this room: coming in, one's own account, the people, the workspace's settings, the log."""
