import type { PermissionLevel } from '../api/types'
import { useT } from '../shell/settings'
import { LEVELS } from './resources'

/** The field for a permission level. */
export function LevelSelect({
  value,
  levels = LEVELS,
  onChange,
}: {
  value: string
  levels?: PermissionLevel[]
  onChange: (level: string) => void
}) {
  const t = useT()
  return (
    <label className="field">
      {t('level')}
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {levels.map((one) => (
          <option key={one} value={one} title={t(`level_${one}`)}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
}
