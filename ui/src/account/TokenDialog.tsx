import { useState } from 'react'
import { createToken } from '../api/accounts'
import { GrantedResources } from './GrantedResources'
import { NewSecret } from './NewSecret'
import { FormDialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

/** The lifetimes that are offered, in days. */
const DAYS = [1, 7, 30, 90, 365]

/** Creates a token, and shows its secret once. */
export function TokenDialog({ user, changed, close }: { user?: string; changed: () => void; close: () => void }) {
  const t = useT()
  const act = useAction()
  const [label, setLabel] = useState('')
  const [days, setDays] = useState('90')
  const [readOnly, setReadOnly] = useState(false)
  const [resources, setResources] = useState<string[]>([])
  const [secret, setSecret] = useState<string | null>(null)
  const submit = () =>
    void act(async () => {
      const request = {
        username: user,
        label: label.trim(),
        lifetime_hours: days ? Number(days) * 24 : undefined,
        read_only: readOnly,
        resources,
      }
      setSecret((await createToken(request)).secret!)
      changed()
    })
  if (secret !== null) return <NewSecret secret={secret} close={close} />
  return (
    <FormDialog
      title={user ? t('newTokenOf', { name: user }) : t('newToken')}
      action={t('create')}
      disabled={!label.trim()}
      close={close}
      submit={submit}
    >
      <label className="field">
        {t('label')}
        <input
          className="input"
          required
          maxLength={250}
          placeholder={t('labelExample')}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
      </label>
      <label className="field">
        {t('expires')}
        <select className="input" value={days} onChange={(event) => setDays(event.target.value)}>
          {DAYS.map((n) => (
            <option key={n} value={n}>
              {t('days', { n })}
            </option>
          ))}
          <option value="">{t('noExpiry')}</option>
        </select>
      </label>
      <label className="row">
        <input type="checkbox" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} />
        {t('readOnlyLong')}
      </label>
      <GrantedResources resources={resources} onChange={setResources} />
    </FormDialog>
  )
}
