"""One file a tab, one show(view) each."""
