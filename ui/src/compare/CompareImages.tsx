import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { fileAddress } from '../api/artifacts'
import { type RunRow } from '../api/types'
import { imageAt, imagesOf, seriesOfImages, type ImageSeries } from '../run/images'
import { StepSlider } from '../run/RunImages'
import type { RunAppearance } from '../runs/colours'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'

/** The images that several runs have logged under the same name, side by side. */
export function CompareImages({ runs, looks }: { runs: RunRow[]; looks: RunAppearance }) {
  const t = useT()
  const some = useMemo(() => runs.slice(0, 24), [runs])
  const found = useQuery({
    queryKey: ['compare-images', some.map((run) => run.run_id)],
    queryFn: async ({ client }) =>
      new Map<string, string[]>(
        await Promise.all(
          some.map(
            async (run) =>
              [run.run_id, await imagesOf(client, { kind: 'run', id: run.run_id }).catch(() => [])] as const,
          ),
        ),
      ),
    staleTime: 60000,
  })
  const sorted = useMemo(
    () => new Map([...(found.data ?? [])].map(([id, paths]) => [id, seriesOfImages(paths)])),
    [found.data],
  )
  const keys = useMemo(
    () => [...new Set([...sorted.values()].flatMap((one) => one.series.map((series) => series.key)))].sort(),
    [sorted],
  )
  const paths = useMemo(() => [...new Set([...sorted.values()].flatMap((one) => one.others))].sort(), [sorted])
  if (problemOf(found)) return <Problem error={found.error} />
  if (found.isSuccess && paths.length === 0 && keys.length === 0) return <p className="empty">{t('nothingFound')}</p>
  return (
    <div style={{ overflow: 'auto', flex: 1, padding: 14 }} className="stack">
      {runs.length > some.length && <p className="faint">{t('chartsHidden', { n: some.length, all: runs.length })}</p>}
      {keys.map((key) => (
        <StepImages
          key={key}
          name={key}
          runs={some}
          of={(id) => sorted.get(id)?.series.find((series) => series.key === key)}
          looks={looks}
        />
      ))}
      {paths.map((path) => (
        <section key={path} className="card">
          <header>
            <h2 className="mono">{path}</h2>
          </header>
          <Pictures
            looks={looks}
            of={some.flatMap((run) => (sorted.get(run.run_id)?.others.includes(path) ? [{ run, path, note: '' }] : []))}
          />
        </section>
      ))}
    </div>
  )
}

/** The images of a key at a step, one for each run. */
function StepImages({
  name,
  runs,
  of,
  looks,
}: {
  name: string
  runs: RunRow[]
  of: (runId: string) => ImageSeries | undefined
  looks: RunAppearance
}) {
  const t = useT()
  const steps = [...new Set(runs.flatMap((run) => of(run.run_id)?.steps.map((one) => one.step) ?? []))].sort(
    (a, b) => a - b,
  )
  const [chosen, setChosen] = useState<number>()
  const at = Math.min(chosen ?? steps.length - 1, steps.length - 1)
  const shown = runs.flatMap((run) => {
    const image = imageAt(of(run.run_id), steps[at]!)
    return image ? [{ run, path: image.path, note: image.step === steps[at] ? '' : `${t('step')} ${image.step}` }] : []
  })
  return (
    <section className="card" aria-label={name}>
      <header>
        <h2>{name}</h2>
      </header>
      <StepSlider label={name} steps={steps} at={at} onAt={setChosen} />
      <Pictures looks={looks} of={shown} />
    </section>
  )
}

export function Pictures({ of, looks }: { of: { run: RunRow; path: string; note: string }[]; looks: RunAppearance }) {
  return (
    <div className="body pictures">
      {of.map(({ run, path, note }) => (
        <figure key={run.run_id}>
          <img
            src={fileAddress({ kind: 'run', id: run.run_id }, path)}
            alt={`${run.run_name}: ${path}`}
            loading="lazy"
          />
          <figcaption className="row">
            <span className="swatch" style={{ background: looks.colour(run.run_id) }} />
            {run.run_name}
            <span className="faint">{note}</span>
          </figcaption>
        </figure>
      ))}
    </div>
  )
}
