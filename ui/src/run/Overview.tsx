import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { send } from '../api/client'
import { fetchRows, quote } from '../api/queries'
import type { Run } from '../api/types'
import { PARENT } from '../runs/view'
import { CopyButton } from '../shell/Code'
import { ago, duration, instant, number } from '../shell/format'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { TagDialog } from '../shell/TagDialog'
import { useAction } from '../shell/toasts'
import { Used } from './Inputs'
import { Markdown } from './Markdown'
import { RunLink } from './RunLink'
import { NOTE } from './RunPage'
import { Values } from './Values'

export function Overview({
  run,
  parent,
  note,
  changed,
}: {
  run: Run
  parent: string | undefined
  note: string | undefined
  changed: () => void
}) {
  const t = useT()
  const act = useAction()
  const { info } = run
  const [writing, setWriting] = useState<string | null>(null)
  const [tagging, setTagging] = useState<{ key: string; value: string } | true | null>(null)
  const tags = (run.data.tags ?? []).filter((tag) => !tag.key.startsWith('mlflow.'))
  const source = run.data.tags?.find((tag) => tag.key === 'mlflow.source.name')?.value
  const commit = run.data.tags?.find((tag) => tag.key === 'mlflow.source.git.commit')?.value
  const children = useQuery({
    queryKey: ['children', info.run_id],
    queryFn: () =>
      fetchRows({
        experiment_ids: [info.experiment_id],
        filter: `tags.\`${PARENT}\` = ${quote(info.run_id)}`,
        max_results: 200,
      }),
  })
  const set = (key: string, value: string) =>
    act(() => send('mlflow/runs/set-tag', { run_id: info.run_id, key, value }), t('saved')).then((ok) => {
      changed()
      return ok
    })
  return (
    <div className="grid2">
      <div className="stack">
        <section className="card">
          <div className="body">
            <dl className="kv" style={{ margin: 0 }}>
              <dt>{t('runId')}</dt>
              <dd className="row">
                <span className="mono break">{info.run_id}</span>
                <CopyButton text={info.run_id} />
              </dd>
              <dt>{t('started')}</dt>
              <dd>
                {instant(info.start_time)} <span className="faint">{ago(info.start_time, t)}</span>
              </dd>
              <dt>{t('duration')}</dt>
              <dd className="num">{duration((info.end_time ?? Date.now()) - info.start_time)}</dd>
              {info.user_id && (
                <>
                  <dt>{t('user')}</dt>
                  <dd>{info.user_id}</dd>
                </>
              )}
              {source && (
                <>
                  <dt>{t('source')}</dt>
                  <dd className="mono">
                    {source}
                    {commit && (
                      <span className="chip" style={{ marginLeft: 6 }}>
                        {commit.slice(0, 8)}
                      </span>
                    )}
                  </dd>
                </>
              )}
              {parent && (
                <>
                  <dt>{t('parentRun')}</dt>
                  <dd>
                    <RunLink id={parent} />
                  </dd>
                </>
              )}
              <dt>{t('location')}</dt>
              <dd className="mono soft break">{info.artifact_uri}</dd>
            </dl>
          </div>
        </section>
        <section className="card">
          <header>
            <h2>{t('description')}</h2>
            <span className="spacer" />
            {writing === null && (
              <button className="btn small ghost" onClick={() => setWriting(note ?? '')}>
                {t('edit')}
              </button>
            )}
          </header>
          <div className="body">
            {writing !== null ? (
              <div className="stack" style={{ gap: 8 }}>
                <textarea
                  className="input"
                  rows={8}
                  aria-label={t('description')}
                  value={writing}
                  onChange={(event) => setWriting(event.target.value)}
                />
                <div className="row">
                  <button
                    className="btn primary"
                    onClick={() => void set(NOTE, writing).then((ok) => ok && setWriting(null))}
                  >
                    {t('save')}
                  </button>
                  <button className="btn" onClick={() => setWriting(null)}>
                    {t('cancel')}
                  </button>
                </div>
              </div>
            ) : note ? (
              <Markdown text={note} />
            ) : (
              <p className="faint">{t('noDescription')}</p>
            )}
          </div>
        </section>
        <section className="card">
          <header>
            <h2>{t('tags')}</h2>
            <span className="spacer" />
            <button className="btn small ghost" onClick={() => setTagging(true)}>
              {t('addTag')}
            </button>
          </header>
          <div className="body row wrap" style={{ gap: 6 }}>
            {tags.length === 0 && <span className="faint">–</span>}
            {tags.map((tag) => (
              <span key={tag.key} className="chip" style={{ height: 24 }}>
                <button className="th-menu" style={{ padding: 0 }} onClick={() => setTagging(tag)}>
                  {tag.key}: {tag.value}
                </button>
                <button
                  className="th-menu"
                  aria-label={`${t('remove')}: ${tag.key}`}
                  onClick={() =>
                    void act(() => send('mlflow/runs/delete-tag', { run_id: info.run_id, key: tag.key })).then(changed)
                  }
                >
                  <Icon name="close" size={10} />
                </button>
              </span>
            ))}
          </div>
        </section>
        <Used run={run} />
        {(children.data?.runs ?? []).length > 0 && (
          <section className="card">
            <header>
              <h2>{t('childRuns')}</h2>
              <span className="faint num">{children.data!.total}</span>
            </header>
            <table className="plain">
              <tbody>
                {children.data!.runs!.slice(0, 50).map((child) => (
                  <tr key={child.run_id}>
                    <td>
                      <Link
                        to="/experiments/$experimentId/runs/$runId"
                        params={{ experimentId: child.experiment_id, runId: child.run_id }}
                      >
                        {child.run_name}
                      </Link>
                    </td>
                    <td>
                      <Status status={child.status} />
                    </td>
                    <td className="soft">{ago(child.start_time, t)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
      <div className="stack">
        <Values
          title={t('metrics')}
          rows={(run.data.metrics ?? [])
            .filter((m) => !m.key.startsWith('system/'))
            .map((m) => [m.key, number(m.value), String(m.value)])}
          right
        />
        <Values title={t('params')} rows={(run.data.params ?? []).map((p) => [p.key, p.value, p.value])} />
      </div>
      {tagging && (
        <TagDialog
          initial={tagging === true ? undefined : tagging}
          close={() => setTagging(null)}
          save={async (key, value) => {
            if (await set(key, value)) setTagging(null)
          }}
        />
      )}
    </div>
  )
}
