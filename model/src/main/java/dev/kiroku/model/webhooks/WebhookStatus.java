package dev.kiroku.model.webhooks;

/** Whether a webhook is told anything. The order is the protocol's numbering, from 1. */
public enum WebhookStatus {
    ACTIVE,
    DISABLED
}
