package dev.kiroku.model.webhooks;

/** Whether a webhook receives events. In the order of the protocol's numbers, from 1. */
public enum WebhookStatus {
    ACTIVE,
    DISABLED
}
