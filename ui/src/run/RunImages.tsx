import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { fileAddress } from '../api/artifacts'
import { type Owner } from '../api/types'
import { instant } from '../shell/format'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { imagesOf, seriesOfImages, type ImageSeries } from './images'

/** The images of a run: series of steps with a slider, the others side by side. */
export function RunImages({ id, live }: { id: string; live: boolean }) {
  const t = useT()
  const owner = useMemo<Owner>(() => ({ kind: 'run', id }), [id])
  const found = useQuery({
    queryKey: ['images', id],
    queryFn: ({ client }) => imagesOf(client, owner),
    refetchInterval: live ? 10_000 : false,
  })
  const { series, others } = useMemo(() => seriesOfImages(found.data ?? []), [found.data])
  if (problemOf(found)) return <Problem error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return <p className="empty">{t('loading')}</p>
  if (found.data.length === 0) return <p className="empty">{t('noImages')}</p>
  return (
    <div className="image-grid">
      {series.map((one) => (
        <Steps key={one.key} owner={owner} series={one} />
      ))}
      {others.map((path) => (
        <figure key={path} className="card">
          <figcaption className="mono ellipsis" title={path}>
            {path}
          </figcaption>
          <a href={fileAddress(owner, path)} target="_blank" rel="noreferrer">
            <img src={fileAddress(owner, path)} alt={path} loading="lazy" />
          </a>
        </figure>
      ))}
    </div>
  )
}

function Steps({ owner, series }: { owner: Owner; series: ImageSeries }) {
  const [chosen, setChosen] = useState<number>()
  const last = series.steps.length - 1
  const at = Math.min(chosen ?? last, last)
  const one = series.steps[at]!
  // Neighbouring images are fetched in advance, so that the slider does not flicker.
  useEffect(() => {
    for (const near of [at - 1, at + 1, at + 2]) {
      const path = series.steps[near]?.path
      if (path) new Image().src = fileAddress(owner, path)
    }
  }, [at, series, owner])
  return (
    <figure className="card" aria-label={series.key}>
      <figcaption>
        <strong>{series.key}</strong>
        <span className="faint num">{instant(one.timestamp)}</span>
      </figcaption>
      <img src={fileAddress(owner, one.path)} alt={`${series.key}, ${one.step}`} />
      <StepSlider label={series.key} steps={series.steps.map((each) => each.step)} at={at} onAt={setChosen} />
    </figure>
  )
}

/** A slider that chooses a step, also with the arrow keys. */
export function StepSlider({
  label,
  steps,
  at,
  onAt,
}: {
  label: string
  steps: number[]
  at: number
  onAt: (at: number) => void
}) {
  const t = useT()
  return (
    <label className="row num" style={{ padding: '8px 12px' }}>
      <span className="soft nowrap" style={{ minWidth: 92 }}>
        {t('step')} {steps[at]}
      </span>
      <input
        type="range"
        style={{ flex: 1 }}
        min={0}
        max={steps.length - 1}
        step={1}
        value={at}
        disabled={steps.length < 2}
        aria-label={`${t('step')}: ${label}`}
        aria-valuetext={String(steps[at])}
        onChange={(event) => onAt(Number(event.target.value))}
      />
      <span className="faint nowrap">
        {at + 1} / {steps.length}
      </span>
    </label>
  )
}
