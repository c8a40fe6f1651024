import { useState } from 'react'
import { useT } from '../shell/settings'
import { LevelSelect } from './LevelSelect'
import { ResourceFields } from './ResourceFields'
import { isWhole, levelsOf } from './resources'

/** A form that adds a grant: the type of resource, the pattern and the level. */
export function GrantForm({ onAdd }: { onAdd: (resources: string, level: string) => Promise<boolean> }) {
  const t = useT()
  const [type, setType] = useState('experiment')
  const [pattern, setPattern] = useState('')
  const [level, setLevel] = useState('READ')
  const levels = levelsOf(type)
  const chosen = levels.some((one) => one === level) ? level : levels[levels.length - 1]!
  const text = isWhole(type) ? '*' : pattern.trim()
  return (
    <form
      className="row wrap form-line"
      onSubmit={(event) => {
        event.preventDefault()
        void onAdd(`${type}/${text}`, chosen).then((ok) => ok && setPattern(''))
      }}
    >
      <ResourceFields type={type} pattern={pattern} onType={setType} onPattern={setPattern} />
      <LevelSelect value={chosen} levels={levels} onChange={setLevel} />
      <button className="btn" disabled={!text}>
        {t('addGrant')}
      </button>
      <p className="faint" style={{ flexBasis: '100%' }}>
        {t('patternHint')}
      </p>
    </form>
  )
}
