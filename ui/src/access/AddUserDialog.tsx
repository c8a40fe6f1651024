import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createAccount } from '../api/accounts'
import { FormDialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'

/** Adds the account of a person or a program. */
export function AddUserDialog({ close, added }: { close: () => void; added: (name: string) => void }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const [kind, setKind] = useState<'person' | 'service'>('person')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [groups, setGroups] = useState('')
  const service = kind === 'service'
  const save = () =>
    void act(async () => {
      const { user } = await createAccount({
        username: name.trim(),
        service,
        password: service || !password ? undefined : password,
        groups: groups.split(/[\s,、]+/).filter(Boolean),
      })
      void client.invalidateQueries()
      added(user!.name!)
    })
  return (
    <FormDialog title={t('addUser')} action={t('add')} disabled={!name.trim()} close={close} submit={save}>
      <Segments
        value={kind}
        label={t('kind')}
        onChange={setKind}
        options={[
          ['person', t('person')],
          ['service', t('serviceAccount')],
        ]}
      />
      <p className="soft">{service ? t('serviceHint') : t('personHint')}</p>
      <label className="field">
        {t('name')}
        <input
          className="input"
          required
          maxLength={128}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {!service && (
        <label className="field">
          {t('password')}
          <input
            className="input"
            type="password"
            minLength={8}
            maxLength={1024}
            autoComplete="new-password"
            placeholder={t('passwordNone')}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
      )}
      <label className="field">
        {t('groups')}
        <input
          className="input"
          placeholder="ml, reviewers"
          value={groups}
          onChange={(event) => setGroups(event.target.value)}
        />
      </label>
    </FormDialog>
  )
}
