"""Bytes of a file to raw tables with cell addresses; runs in a sandboxed child process."""
