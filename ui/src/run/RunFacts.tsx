import { type Run } from '../api/types'
import { CopyButton } from '../shell/Code'
import { ago, duration, instant } from '../shell/format'
import { useT } from '../shell/settings'
import { RunLink } from './RunLink'

/** The id of a run, when it ran, who started it, from which source, and where its files are. */
export function RunFacts({ run, parent }: { run: Run; parent: string | undefined }) {
  const t = useT()
  const { info } = run
  const source = run.data.tags?.find((tag) => tag.key === 'mlflow.source.name')?.value
  const commit = run.data.tags?.find((tag) => tag.key === 'mlflow.source.git.commit')?.value
  return (
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
          <dd className="num">{duration((info.end_time ?? Date.now()) - info.start_time, t)}</dd>
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
  )
}
