import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { models } from '../api/models'
import { quote } from '../api/runs'
import { serverAddress } from '../experiments/GettingStarted'
import { Code } from '../shell/Code'
import { ago, instant } from '../shell/format'
import { useDebounced, useTitle } from '../shell/hooks'
import { PageProblem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'

/** The list of registered models. */
export function ModelsPage() {
  const t = useT()
  const [text, setText] = useState('')
  const words = useDebounced(text.trim(), 150)
  const list = useQuery({
    ...models(words ? `name ILIKE ${quote(`%${words}%`)}` : ''),
    placeholderData: (before) => before,
    refetchInterval: 10_000,
  })
  useTitle(t('models'))
  if (problemOf(list)) return <PageProblem query={list} />
  if (list.isSuccess && list.data.length === 0 && !words) {
    return (
      <div className="hero">
        <h1>{t('modelsEmpty')}</h1>
        <p className="soft" style={{ margin: '6px 0 18px', fontSize: 14 }}>
          {t('modelsEmptyText')}
        </p>
        <Code
          text={`import mlflow\n\nmlflow.set_tracking_uri("${serverAddress()}")\nwith mlflow.start_run():\n    mlflow.sklearn.log_model(model, name="model", registered_model_name="iris-classifier")`}
        />
      </div>
    )
  }
  return (
    <div className="page">
      <div className="head">
        <h1>{t('models')}</h1>
        <span className="faint num">{list.data?.length ?? ''}</span>
        <span className="spacer" />
        <SearchBox label={t('searchModels')} style={{ width: 260 }} value={text} onChange={setText} />
      </div>
      <TableCard
        columns={[t('name'), t('latestVersion'), t('aliases'), t('stage'), t('updated')]}
        empty={list.isSuccess && list.data.length === 0 && <p className="empty">{t('nothingFound')}</p>}
      >
        {(list.data ?? []).map((model) => {
          const newest = [...(model.latest_versions ?? [])].sort((a, b) => Number(b.version) - Number(a.version))[0]
          return (
            <tr key={model.name}>
              <td className="break">
                <Link style={{ fontWeight: 550 }} to="/models/$name" params={{ name: model.name }}>
                  {model.name}
                </Link>
                {model.description && (
                  <div className="faint ellipsis" style={{ maxWidth: 420 }}>
                    {model.description}
                  </div>
                )}
              </td>
              <td>
                {newest ? (
                  <Link to="/models/$name/versions/$version" params={{ name: model.name, version: newest.version }}>
                    v{newest.version}
                  </Link>
                ) : (
                  <span className="faint">–</span>
                )}
              </td>
              <td>
                <div className="row wrap" style={{ gap: 4 }}>
                  {(model.aliases ?? []).map((alias) => (
                    <span key={alias.alias} className="chip accent">
                      @{alias.alias} → v{alias.version}
                    </span>
                  ))}
                </div>
              </td>
              <td>
                <div className="row wrap" style={{ gap: 4 }}>
                  {(model.latest_versions ?? [])
                    .filter((v) => v.current_stage !== 'None')
                    .map((v) => (
                      <span key={v.version} className="chip good">
                        {v.current_stage}: v{v.version}
                      </span>
                    ))}
                </div>
              </td>
              <td className="soft nowrap" title={instant(model.last_updated_timestamp)}>
                {ago(model.last_updated_timestamp, t)}
              </td>
            </tr>
          )
        })}
      </TableCard>
    </div>
  )
}
