import { useState } from 'react'
import { type Webhook } from '../api/types'
import { createWebhook, updateWebhook } from '../api/webhooks'
import { Choices } from '../shell/Choices'
import { FormDialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { EVENTS, eventsOf, wireEvents } from './events'

export function WebhookDialog({ hook, close, done }: { hook?: Webhook; close: () => void; done: () => void }) {
  const t = useT()
  const act = useAction()
  const [name, setName] = useState(hook?.name ?? '')
  const [url, setUrl] = useState(hook?.url ?? 'https://')
  const [description, setDescription] = useState(hook?.description ?? '')
  const [secret, setSecret] = useState('')
  const [active, setActive] = useState(hook?.status !== 'DISABLED')
  const [events, setEvents] = useState<string[]>(hook ? eventsOf(hook) : ['approval.requested'])
  const save = () => {
    const body = {
      name: name.trim(),
      url: url.trim(),
      description,
      status: active ? ('ACTIVE' as const) : ('DISABLED' as const),
      ...wireEvents(events),
      ...(secret ? { secret } : {}),
    }
    void act(() => (hook ? updateWebhook(hook.webhook_id, body) : createWebhook(body)), t('saved')).then(
      (ok) => ok && done(),
    )
  }
  return (
    <FormDialog
      title={hook ? hook.name : t('newWebhook')}
      action={t('save')}
      disabled={!name.trim() || events.length === 0}
      close={close}
      submit={save}
    >
      <label className="field">
        {t('name')}
        <input className="input" required value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className="field">
        URL
        <input className="input" required value={url} onChange={(event) => setUrl(event.target.value)} />
      </label>
      <label className="field">
        {t('description')}
        <input className="input" value={description} onChange={(event) => setDescription(event.target.value)} />
      </label>
      <label className="field">
        {t('secret')}
        <input
          className="input"
          type="password"
          autoComplete="new-password"
          value={secret}
          placeholder={hook ? t('secretKept') : ''}
          onChange={(event) => setSecret(event.target.value)}
        />
      </label>
      <Choices label={t('events')} options={EVENTS} chosen={events} onChange={setEvents} />
      <label className="row soft">
        <input type="checkbox" checked={active} onChange={(event) => setActive(event.target.checked)} />
        {t('active')}
      </label>
    </FormDialog>
  )
}
