"""The events API on the Segment spec: an outbox that is durable before it answers, flushed to the lake."""
