"""What people set and see of alerts: rules with their rehearsal, silences, history and its why, destinations, the banner."""
