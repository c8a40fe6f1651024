import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Webhook } from '../api/types'
import { deleteWebhook, deliveries as deliveriesQuery, testWebhook, webhooks as webhooksQuery } from '../api/webhooks'
import { ConfirmDelete } from '../shell/Dialog'
import { NewButton } from '../shell/NewButton'
import { Problem, problemOf } from '../shell/Problem'
import { RowMenu } from '../shell/RowMenu'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { useAction, useToast } from '../shell/toasts'
import { Deliveries } from './Deliveries'
import { eventsOf } from './events'
import { WebhookDialog } from './WebhookDialog'

/** The webhooks, and their latest deliveries. */
export function Webhooks() {
  const t = useT()
  const act = useAction()
  const say = useToast()
  const client = useQueryClient()
  const list = useQuery(webhooksQuery)
  const sent = useQuery(deliveriesQuery)
  const [editing, setEditing] = useState<Webhook | 'new' | null>(null)
  const [asking, setAsking] = useState<Webhook | null>(null)
  const changed = () => void client.invalidateQueries({ queryKey: ['webhooks'] })
  const test = (hook: Webhook) =>
    void act(async () => {
      const result = await testWebhook(hook.webhook_id)
      if (!result.success) throw new Error(`${hook.url}: ${result.error_message ?? result.response_status ?? ''}`)
      say(`${hook.url}: ${result.response_status}`)
    }).then(changed)
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  return (
    <div className="stack">
      <div className="row">
        <span className="spacer" />
        <NewButton onClick={() => setEditing('new')}>{t('newWebhook')}</NewButton>
      </div>
      <TableCard
        columns={[t('name'), 'URL', t('events'), t('status'), '']}
        empty={list.isSuccess && list.data.length === 0 && <p className="empty">{t('noWebhooks')}</p>}
      >
        {(list.data ?? []).map((hook) => (
          <WebhookRow
            key={hook.webhook_id}
            hook={hook}
            onTest={() => test(hook)}
            onEdit={() => setEditing(hook)}
            onDelete={() => setAsking(hook)}
          />
        ))}
      </TableCard>
      <Deliveries deliveries={sent.data ?? []} onChanged={changed} />
      {editing && (
        <WebhookDialog
          hook={editing === 'new' ? undefined : editing}
          close={() => setEditing(null)}
          done={() => {
            setEditing(null)
            changed()
          }}
        />
      )}
      {asking && (
        <ConfirmDelete
          title={`${t('delete')}: ${asking.name}`}
          text={t('cannotUndo')}
          close={() => setAsking(null)}
          run={() => void act(() => deleteWebhook(asking.webhook_id)).then(changed)}
        />
      )}
    </div>
  )
}

function WebhookRow({
  hook,
  onTest,
  onEdit,
  onDelete,
}: {
  hook: Webhook
  onTest: () => void
  onEdit: () => void
  onDelete: () => void
}) {
  const t = useT()
  return (
    <tr>
      <td>
        <strong>{hook.name}</strong>
        {hook.description && <div className="faint">{hook.description}</div>}
      </td>
      <td className="mono break">{hook.url}</td>
      <td>
        <div className="row wrap" style={{ gap: 4 }}>
          {eventsOf(hook).map((event) => (
            <span key={event} className="chip">
              {event}
            </span>
          ))}
        </div>
      </td>
      <td>
        <span className={`chip ${hook.status === 'ACTIVE' ? 'good' : ''}`}>
          {hook.status === 'ACTIVE' ? t('active') : t('off')}
        </span>
      </td>
      <td>
        <RowMenu
          title={`${t('options')}: ${hook.name}`}
          items={[
            [t('sendTest'), onTest],
            [t('edit'), onEdit],
            [t('delete'), onDelete],
          ]}
        />
      </td>
    </tr>
  )
}
