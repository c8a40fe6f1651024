import { useT } from '../shell/settings'
import { isWhole, TYPES, typeText } from './resources'

/**
 * The fields for a type of resource and a pattern.
 *
 * @param example what the empty field of the pattern shows
 */
export function ResourceFields({
  type,
  pattern,
  onType,
  onPattern,
  example = 'team-a/*',
}: {
  type: string
  pattern: string
  onType: (type: string) => void
  onPattern: (pattern: string) => void
  example?: string
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
          placeholder={example}
          maxLength={1024}
          onChange={(event) => onPattern(event.target.value)}
        />
      </label>
    </>
  )
}
