import { useQuery } from '@tanstack/react-query'
import { experiments } from '../api/experiments'
import { useT } from '../shell/settings'

/** Returns the id of the last changed experiment, if possible not the default one; undefined until it is known. */
export function useFirstExperiment(): string | undefined {
  const all = useQuery(experiments()).data
  return (all?.find((one) => one.experiment_id !== '0') ?? all?.[0])?.experiment_id
}

/** Asks for an experiment. */
export function ExperimentSelect({ value, onChange }: { value: string | undefined; onChange: (id: string) => void }) {
  const t = useT()
  const all = useQuery(experiments())
  return (
    <label className="field">
      {t('experiment')}
      <select className="input" value={value ?? ''} onChange={(event) => onChange(event.target.value)}>
        {(all.data ?? []).map((one) => (
          <option key={one.experiment_id} value={one.experiment_id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  )
}
