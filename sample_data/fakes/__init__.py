"""Slack, WhatsApp, any webhook and a mail server, faked on loopback: for `kpi demo --with-fakes`, and for the tests."""
