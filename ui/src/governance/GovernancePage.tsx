import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { instant } from '../shell/format'
import { useT } from '../shell/settings'
import { Code, Confirm, Dialog, Icon, Popover, Problem, Tabs, useAction, useSettled, useTitle } from '../shell/ui'
import { Approvals } from './Approvals'
import { audit, policy, type Gate } from './api'
import { GateEditor, withoutGate } from './GateEditor'
import { canVerify, verify, type Verdict } from './verify'

const Webhooks = lazy(() => import('./Webhooks').then((module) => ({ default: module.Webhooks })))

/** What waits for somebody's agreement, which gates hold, and who did what. */
export function GovernancePage() {
  const t = useT()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { tab?: string }
  const tab = search.tab ?? 'approvals'
  useTitle(t('governance'))
  return (
    <div className="page">
      <div className="head">
        <h1>{t('governance')}</h1>
      </div>
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/governance', search: next === 'approvals' ? {} : { tab: next }, replace: true })
        }
        options={[
          { id: 'approvals', label: t('approvals') },
          { id: 'gates', label: t('gates') },
          { id: 'audit', label: t('audit') },
          { id: 'webhooks', label: t('webhooks') },
        ]}
      />
      <div style={{ paddingTop: 14 }}>
        {tab === 'gates' ? (
          <GateList />
        ) : tab === 'audit' ? (
          <Audit />
        ) : tab === 'webhooks' ? (
          <Suspense fallback={null}>
            <Webhooks />
          </Suspense>
        ) : (
          <Approvals />
        )}
      </div>
    </div>
  )
}

function GateList() {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const found = useQuery(policy)
  const [editing, setEditing] = useState<Gate | 'new' | null>(null)
  const [asking, setAsking] = useState<Gate | null>(null)
  if (found.error) return <Problem error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return <p className="empty">{t('loading')}</p>
  const { revision } = found.data
  const all = found.data.gates ?? []
  return (
    <div className="stack">
      <div className="row">
        <p className="soft" style={{ flex: 1 }}>
          {t('gatesLead')}
        </p>
        <button className="btn primary" onClick={() => setEditing('new')}>
          <Icon name="plus" size={13} />
          {t('newGate')}
        </button>
      </div>
      {all.length === 0 ? (
        <div className="stack">
          <p className="soft">{t('noGates')}</p>
          <Code
            text={
              'gates:\n  - name: champion-quality\n    models: iris-*\n    alias: champion\n    require: metrics.accuracy >= 0.90\n\n# kiroku gates apply -f gates.yaml'
            }
          />
        </div>
      ) : (
        <div className="card">
          <table className="plain">
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th>{t('models')}</th>
                <th>
                  {t('alias')} / {t('stage')}
                </th>
                <th>{t('condition')}</th>
                <th>{t('approvals')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {all.map((gate) => (
                <tr key={gate.name}>
                  <td>
                    <strong>{gate.name}</strong>
                    {gate.description && <div className="faint">{gate.description}</div>}
                  </td>
                  <td className="mono">{gate.models}</td>
                  <td>
                    <span className="chip accent">{gate.alias ? `@${gate.alias}` : gate.stage}</span>
                  </td>
                  <td className="mono break">{gate.require ?? '–'}</td>
                  <td>
                    {gate.approvals
                      ? `${gate.approvals.required}: ${(gate.approvals.from ?? []).join(', ') || t('anybody')}`
                      : '–'}
                  </td>
                  <td>
                    <Popover
                      className="btn ghost icon small"
                      title={`${t('options')}: ${gate.name}`}
                      label={<Icon name="more" size={14} />}
                    >
                      {(close) => (
                        <>
                          <button
                            className="item"
                            onClick={() => {
                              close()
                              setEditing(gate)
                            }}
                          >
                            {t('edit')}
                          </button>
                          <button
                            className="item"
                            onClick={() => {
                              close()
                              setAsking(gate)
                            }}
                          >
                            {t('delete')}
                          </button>
                        </>
                      )}
                    </Popover>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && (
        <GateEditor
          all={all}
          revision={revision}
          initial={editing === 'new' ? undefined : editing}
          close={() => setEditing(null)}
        />
      )}
      {asking && (
        <Confirm
          title={`${t('delete')}: ${asking.name}`}
          text={t('deleteGateText')}
          action={t('delete')}
          close={() => setAsking(null)}
          run={() =>
            void act(() => withoutGate(all, asking.name, revision), t('saved')).then(() => client.invalidateQueries())
          }
        />
      )}
    </div>
  )
}

function Audit() {
  const t = useT()
  const [model, setModel] = useState('')
  const [actor, setActor] = useState('')
  const [action, setAction] = useState('')
  const ask = useSettled(
    JSON.stringify({ model: model || undefined, actor: actor || undefined, action: action || undefined }),
    250,
  )
  const list = useQuery({ ...audit(JSON.parse(ask) as { model?: string }), placeholderData: (before) => before })
  return (
    <div className="stack">
      <div className="row wrap">
        <input
          className="input"
          placeholder={t('models')}
          aria-label={t('models')}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        />
        <input
          className="input"
          placeholder={t('user')}
          aria-label={t('user')}
          value={actor}
          onChange={(event) => setActor(event.target.value)}
        />
        <input
          className="input"
          placeholder="alias.set"
          aria-label={t('action')}
          value={action}
          onChange={(event) => setAction(event.target.value)}
        />
        <span className="spacer" />
        <Verifier />
      </div>
      {list.error ? (
        <Problem error={list.error} retry={() => void list.refetch()} />
      ) : (
        <div className="card">
          <table className="plain">
            <thead>
              <tr>
                <th className="num">#</th>
                <th>{t('time')}</th>
                <th>{t('user')}</th>
                <th>{t('action')}</th>
                <th>{t('subject')}</th>
                <th>{t('change')}</th>
              </tr>
            </thead>
            <tbody>
              {(list.data ?? []).map((entry) => (
                <tr key={entry.seq}>
                  <td className="num faint">{entry.seq}</td>
                  <td className="nowrap soft">{instant(entry.at)}</td>
                  <td>{entry.actor}</td>
                  <td>
                    <span className="chip">{entry.action}</span>
                  </td>
                  <td className="mono break">{entry.subject}</td>
                  <td className="mono faint break" style={{ fontSize: 11.5, maxWidth: 420 }}>
                    {[entry.before, entry.after]
                      .filter(Boolean)
                      .map((text) => (text!.length > 160 ? `${text!.slice(0, 160)}…` : text))
                      .join(' → ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {list.isSuccess && list.data.length === 0 && <p className="empty">{t('nothingFound')}</p>}
        </div>
      )}
    </div>
  )
}

/** Whether nobody has changed the log: every hash is computed anew. */
function Verifier() {
  const t = useT()
  const act = useAction()
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [count, setCount] = useState<number | null>(null)
  if (!canVerify()) return <span className="faint">kiroku audit verify</span>
  return (
    <>
      <button
        className="btn"
        disabled={count !== null}
        onClick={() => {
          setCount(0)
          void act(async () => setVerdict(await verify(setCount))).then(() => setCount(null))
        }}
      >
        {count === null ? t('verifyAudit') : `${count.toLocaleString()} …`}
      </button>
      {verdict && (
        <Dialog
          title={verdict.problems.length === 0 ? t('auditWhole') : t('auditBroken')}
          close={() => setVerdict(null)}
        >
          {verdict.problems.length === 0 ? (
            <p>{t('auditWholeText', { n: verdict.count.toLocaleString() })}</p>
          ) : (
            <pre className="error">{verdict.problems.join('\n')}</pre>
          )}
          <Code text={`${verdict.count}:${verdict.hash}`} />
          <div className="actions">
            <button className="btn primary" onClick={() => setVerdict(null)}>
              {t('close')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
