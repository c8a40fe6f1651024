import { Link } from '@tanstack/react-router'
import { type LoggedModel, type ModelVersion, type Run } from '../api/types'
import { uriOf } from '../run/RunInputs'
import { useT } from '../shell/settings'

/** What a version was made from and where it is used: datasets, run, logged model, version, aliases, address. */
export function Lineage({
  version,
  uri,
  run,
  loggedModel,
}: {
  version: ModelVersion
  /** the URI by which the version is loaded */
  uri: string
  run: Run | undefined
  loggedModel: LoggedModel | undefined
}) {
  const t = useT()
  const datasets = run?.inputs?.dataset_inputs ?? []
  return (
    <section className="card">
      <header>
        <h2>{t('lineage')}</h2>
      </header>
      <div className="body flow">
        {datasets.map(({ dataset }) => (
          <span key={dataset.name + dataset.digest} className="row">
            <span className="node">
              <span className="faint">{t('dataset')}</span>
              <br />
              <strong>{dataset.name}</strong>{' '}
              <span className="mono faint" title={uriOf(dataset.source)}>
                {dataset.digest}
              </span>
            </span>
            <span aria-hidden="true" className="faint">
              →
            </span>
          </span>
        ))}
        {run && (
          <>
            <span className="node">
              <span className="faint">{t('run')}</span>
              <br />
              <Link
                to="/experiments/$experimentId/runs/$runId"
                params={{ experimentId: run.info.experiment_id, runId: run.info.run_id }}
              >
                {run.info.run_name}
              </Link>
            </span>
            <span aria-hidden="true" className="faint">
              →
            </span>
          </>
        )}
        {loggedModel && (
          <>
            <span className="node">
              <span className="faint">{t('loggedModel')}</span>
              <br />
              <strong>{loggedModel.info.name}</strong>{' '}
              <span className="mono faint">{loggedModel.info.model_id.slice(0, 10)}…</span>
            </span>
            <span aria-hidden="true" className="faint">
              →
            </span>
          </>
        )}
        <span className="node" style={{ borderColor: 'var(--accent)' }}>
          <span className="faint">{t('version')}</span>
          <br />
          <strong>
            {version.name} v{version.version}
          </strong>
        </span>
        {(version.aliases ?? []).map((a) => (
          <span key={a} className="row">
            <span aria-hidden="true" className="faint">
              →
            </span>
            <span className="node">
              <span className="faint">{t('alias')}</span>
              <br />
              <strong>@{a}</strong>
            </span>
          </span>
        ))}
        <span aria-hidden="true" className="faint">
          →
        </span>
        <span className="node" style={{ borderStyle: 'dashed' }}>
          <span className="faint">{t('endpoint')}</span>
          <br />
          <span className="mono">{uri}</span>
        </span>
      </div>
      <p className="faint" style={{ padding: '0 14px 12px' }}>
        {t('endpointsUnknown')}
      </p>
    </section>
  )
}
