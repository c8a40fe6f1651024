import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { explain } from '../api/access'
import { userNames } from '../api/accounts'
import type { ActionName } from '../api/types'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { ExplanationCard } from './ExplanationCard'
import { ResourceFields } from './ResourceFields'
import { isWhole } from './resources'

const ACTIONS: ActionName[] = ['read', 'use', 'create', 'update', 'delete', 'manage']

/**
 * Asks whether a user may do something, and shows the grants that decide.
 *
 * @param resource the resource that is asked about; without it the form asks for one
 */
export function ExplainPanel({ resource }: { resource?: string }) {
  const t = useT()
  const id = useId()
  const users = useQuery(userNames)
  const [user, setUser] = useState('')
  const [action, setAction] = useState<ActionName>('update')
  const [type, setType] = useState('experiment')
  const [pattern, setPattern] = useState('')
  const [asked, setAsked] = useState<[user: string, action: string, resource: string] | null>(null)
  const answer = useQuery({ ...explain(...(asked ?? ['', '', ''])), enabled: asked !== null, retry: false })
  const about = resource ?? `${type}/${isWhole(type) ? '*' : pattern.trim()}`
  return (
    <section className="card" aria-label={t('explain')}>
      <header>
        <h2>{t('explainTitle')}</h2>
      </header>
      <form
        className="body row wrap form-line"
        onSubmit={(event) => {
          event.preventDefault()
          setAsked([user.trim(), action, about])
        }}
      >
        <label className="field">
          {t('user')}
          <input
            className="input"
            required
            list={id}
            autoComplete="off"
            value={user}
            onChange={(event) => setUser(event.target.value)}
          />
          <datalist id={id}>
            {(users.data ?? []).slice(0, 500).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <label className="field">
          {t('action')}
          <select className="input" value={action} onChange={(event) => setAction(event.target.value as ActionName)}>
            {ACTIONS.map((one) => (
              <option key={one} value={one}>
                {t(`action_${one}`)}
              </option>
            ))}
          </select>
        </label>
        {resource === undefined && (
          <ResourceFields
            type={type}
            pattern={pattern}
            onType={setType}
            onPattern={setPattern}
            example="team-a/fraud"
          />
        )}
        <button className="btn primary" disabled={!user.trim() || about.endsWith('/')}>
          {t('explain')}
        </button>
      </form>
      {asked &&
        (problemOf(answer) ? (
          <div className="foot">
            <Problem error={answer.error} />
          </div>
        ) : (
          answer.data && <ExplanationCard answer={answer.data} action={asked[1]} resource={asked[2]} />
        ))}
    </section>
  )
}
