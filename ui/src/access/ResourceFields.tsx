import { useT } from '../shell/settings'
import { isWhole, TYPES, typeText } from './resources'

/** The fields for a type of resource and a pattern. */
export function ResourceFields({
  type,
  pattern,
  onType,
  onPattern,
}: {
  type: string
  pattern: string
  onType: (type: string) => void
  onPattern: (pattern: string) => void
}) {
  const t = useT()
  return (
    <>
      <label className="field">
        {t('resourceType')}
        <select className="input" style={{ width: 150 }} value={type} onChange={(event) => onType(event.target.value)}>
          {TYPES.map((one) => (
            <option key={one} value={one}>
              {typeText(one, t)}
            </option>
          ))}
        </select>
      </label>
      <label className="field" style={{ flex: 1, minWidth: 170 }}>
        {t('pattern')}
        <input
          className="input mono"
          value={isWhole(type) ? '*' : pattern}
          disabled={isWhole(type)}
          placeholder="team-a/*"
          maxLength={1024}
          onChange={(event) => onPattern(event.target.value)}
        />
      </label>
    </>
  )
}
