"""One file a channel; each implements alerts.delivery.Channel."""
