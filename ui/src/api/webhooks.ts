import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { CreateWebhookRequest } from './generated'
import type { Delivery, Webhook } from './types'

export const webhooks = queryOptions({
  queryKey: ['webhooks', 'list'],
  queryFn: async () => ((await call('GET /2.0/mlflow/webhooks', { max_results: 100 })).webhooks ?? []) as Webhook[],
})

export const createWebhook = (request: CreateWebhookRequest) => call('POST /2.0/mlflow/webhooks', request)

export const updateWebhook = (id: string, request: CreateWebhookRequest) =>
  call('PATCH /2.0/mlflow/webhooks/{webhook_id}', { webhook_id: id, ...request })

export const deleteWebhook = (id: string) => call('DELETE /2.0/mlflow/webhooks/{webhook_id}', { webhook_id: id })

/** Sends a test event. Returns the result of the delivery. */
export const testWebhook = async (id: string) =>
  (await call('POST /2.0/mlflow/webhooks/{webhook_id}/test', { webhook_id: id })).result!

/** The latest deliveries. */
export const deliveries = queryOptions({
  queryKey: ['webhooks', 'deliveries'],
  queryFn: async () => {
    const found = await call('GET /2.0/kiroku/webhook-deliveries/search', { max_results: 50 })
    return (found.deliveries ?? []) as Delivery[]
  },
  refetchInterval: 5_000,
})

export const redeliver = (id: string) => call('POST /2.0/kiroku/webhook-deliveries/redeliver', { delivery_id: id })
