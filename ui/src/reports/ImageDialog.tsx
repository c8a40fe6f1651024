import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fileAddress } from '../api/artifacts'
import { fetchRows } from '../api/runs'
import { imagesOf } from '../run/images'
import { filterOf } from '../runs/view'
import { Dialog, DialogActions } from '../shell/Dialog'
import { useDebounced } from '../shell/hooks'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { imageMarkdown } from './blocks'
import { ExperimentSelect, useFirstExperiment } from './ExperimentSelect'

/** Asks for an image of a run to insert. */
export function ImageDialog({ close, done }: { close: () => void; done: (markdown: string) => void }) {
  const t = useT()
  const [chosen, setExperiment] = useState<string>()
  const first = useFirstExperiment()
  const experiment = chosen ?? first
  const [text, setText] = useState('')
  const [run, setRun] = useState<{ id: string; name: string }>()
  const [path, setPath] = useState<string>()
  const [caption, setCaption] = useState('')
  const words = useDebounced(text, 250)
  const request = { experiment_ids: experiment ? [experiment] : [], filter: filterOf(words), max_results: 50 }
  const runs = useQuery({
    queryKey: ['report-runs', request],
    queryFn: () => fetchRows(request),
    enabled: experiment !== undefined,
    placeholderData: (before) => before,
  })
  const images = useQuery({
    queryKey: ['images', run?.id],
    queryFn: ({ client }) => imagesOf(client, { kind: 'run', id: run!.id }),
    enabled: run !== undefined,
  })
  return (
    <Dialog title={t('image')} close={close} wide>
      <div className="block-form">
        <div className="stack" style={{ gap: 12 }}>
          <ExperimentSelect
            value={experiment}
            onChange={(id) => {
              setExperiment(id)
              setRun(undefined)
              setPath(undefined)
            }}
          />
          <label className="field">
            {t('filterRuns')}
            <input className="input" type="search" value={text} onChange={(event) => setText(event.target.value)} />
          </label>
          {problemOf(runs) ? <Problem error={runs.error} /> : null}
          <div className="choices" role="radiogroup" aria-label={t('run')} style={{ maxHeight: 260 }}>
            {(runs.data?.runs ?? []).map((one) => (
              <label key={one.run_id} className="row">
                <input
                  type="radio"
                  name="run"
                  checked={run?.id === one.run_id}
                  onChange={() => {
                    setRun({ id: one.run_id, name: one.run_name })
                    setPath(undefined)
                  }}
                />
                <span className="ellipsis">{one.run_name}</span>
              </label>
            ))}
          </div>
          {path && (
            <label className="field">
              {t('caption')}
              <input className="input" value={caption} onChange={(event) => setCaption(event.target.value)} />
            </label>
          )}
        </div>
        <div aria-label={t('images')} role="radiogroup" className="thumbs">
          {!run ? (
            <p className="empty">{t('chooseRun')}</p>
          ) : problemOf(images) ? (
            <Problem error={images.error} />
          ) : !images.data ? (
            <p className="empty">{t('loading')}</p>
          ) : images.data.length === 0 ? (
            <p className="empty">{t('noImages')}</p>
          ) : (
            images.data.map((file) => (
              <button
                key={file}
                type="button"
                role="radio"
                aria-checked={path === file}
                aria-label={file}
                onClick={() => {
                  setPath(file)
                  setCaption(`${run.name}: ${file.slice(file.lastIndexOf('/') + 1)}`)
                }}
              >
                <img src={fileAddress({ kind: 'run', id: run.id }, file)} alt="" loading="lazy" />
                <span className="ellipsis">{file}</span>
              </button>
            ))
          )}
        </div>
      </div>
      <DialogActions close={close}>
        <button
          className="btn primary"
          disabled={!run || !path}
          onClick={() => run && path && done(imageMarkdown(caption, run.id, path))}
        >
          {t('insert')}
        </button>
      </DialogActions>
    </Dialog>
  )
}
