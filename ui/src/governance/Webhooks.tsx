import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Webhook } from '../api/types'
import { deleteWebhook, deliveries as deliveriesQuery, testWebhook, webhooks as webhooksQuery } from '../api/webhooks'
import { Confirm } from '../shell/Dialog'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
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
  if (list.error) return <Problem error={list.error} retry={() => void list.refetch()} />
  return (
    <div className="stack">
      <div className="row">
        <span className="spacer" />
        <button className="btn primary" onClick={() => setEditing('new')}>
          <Icon name="plus" size={13} />
          {t('newWebhook')}
        </button>
      </div>
      <div className="card">
        <table className="plain">
          <thead>
            <tr>
              <th>{t('name')}</th>
              <th>URL</th>
              <th>{t('events')}</th>
              <th>{t('status')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {(list.data ?? []).map((hook) => (
              <tr key={hook.webhook_id}>
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
                  <Popover
                    className="btn ghost icon small"
                    title={`${t('options')}: ${hook.name}`}
                    label={<Icon name="more" size={14} />}
                  >
                    {(close) => {
                      const item = (text: string, run: () => void) => (
                        <MenuItem close={close} onClick={() => run()}>
                          {text}
                        </MenuItem>
                      )
                      return (
                        <>
                          {item(t('sendTest'), () => test(hook))}
                          {item(t('edit'), () => setEditing(hook))}
                          {item(t('delete'), () => setAsking(hook))}
                        </>
                      )
                    }}
                  </Popover>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {list.isSuccess && list.data.length === 0 && <p className="empty">{t('noWebhooks')}</p>}
      </div>
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
        <Confirm
          title={`${t('delete')}: ${asking.name}`}
          text={t('cannotUndo')}
          action={t('delete')}
          close={() => setAsking(null)}
          run={() => void act(() => deleteWebhook(asking.webhook_id)).then(changed)}
        />
      )}
    </div>
  )
}
