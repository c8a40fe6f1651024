import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { loggedModel } from '../api/models'
import { type Run } from '../api/types'
import { CopyButton } from '../shell/Code'
import { useT } from '../shell/settings'

export function uriOf(source: string): string {
  try {
    const parsed = JSON.parse(source) as Record<string, unknown>
    const uri = parsed['uri'] ?? parsed['url'] ?? parsed['path']
    return typeof uri === 'string' ? uri : source
  } catch {
    return source
  }
}

/** The datasets and models that a run has used, and the models that it has logged. */
export function RunInputs({ run }: { run: Run }) {
  const t = useT()
  const datasets = run.inputs?.dataset_inputs ?? []
  const models = run.outputs?.model_outputs ?? []
  return (
    <>
      {datasets.length > 0 && (
        <section className="card">
          <header>
            <h2>{t('datasets')}</h2>
          </header>
          <table className="plain">
            <tbody>
              {datasets.map(({ dataset, tags }) => (
                <tr key={dataset.name + dataset.digest}>
                  <td>
                    <strong>{dataset.name}</strong> <span className="mono faint">{dataset.digest}</span>
                  </td>
                  <td>
                    {(tags ?? [])
                      .filter((tag) => tag.key === 'mlflow.data.context')
                      .map((tag) => (
                        <span key={tag.key} className="chip accent">
                          {tag.value}
                        </span>
                      ))}
                  </td>
                  <td className="mono soft break">{uriOf(dataset.source)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {models.length > 0 && (
        <section className="card">
          <header>
            <h2>{t('loggedModels')}</h2>
          </header>
          <table className="plain">
            <tbody>
              {models.map((model) => (
                <LoggedModelRow key={model.model_id} id={model.model_id} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function LoggedModelRow({ id }: { id: string }) {
  const found = useQuery(loggedModel(id))
  const info = found.data?.info
  return (
    <tr>
      <td>
        <strong>{info?.name ?? '…'}</strong>
      </td>
      <td className="mono soft">
        {id.slice(0, 14)}…<CopyButton text={`models:/${id}`} />
      </td>
      <td>
        {(info?.registrations ?? []).map((r) => (
          <Link
            key={r.name + r.version}
            className="chip accent"
            to="/models/$name/versions/$version"
            params={{ name: r.name, version: r.version }}
          >
            {r.name} v{r.version}
          </Link>
        ))}
      </td>
    </tr>
  )
}
