import { useState } from 'react'
import { ResourceFields } from '../access/ResourceFields'
import { isWhole, resourceText } from '../access/resources'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'

/** The resources that a token is restricted to, with fields that add some. */
export function GrantedResources({
  resources,
  onChange,
}: {
  resources: string[]
  onChange: (resources: string[]) => void
}) {
  const t = useT()
  const [type, setType] = useState('experiment')
  const [pattern, setPattern] = useState('')
  const text = isWhole(type) ? '*' : pattern.trim()
  const add = () => {
    if (!text) return
    onChange([...new Set([...resources, `${type}/${text}`])])
    setPattern('')
  }
  return (
    <fieldset className="stack plain" style={{ gap: 8 }}>
      <legend className="soft">{t('onlyResources')}</legend>
      {resources.length > 0 && (
        <div className="row wrap" style={{ gap: 5 }}>
          {resources.map((resource) => (
            <span key={resource} className="chip tall">
              {resourceText(resource, t)}
              <button
                type="button"
                className="th-menu"
                aria-label={`${t('remove')}: ${resource}`}
                onClick={() => onChange(resources.filter((one) => one !== resource))}
              >
                <Icon name="close" size={10} />
              </button>
            </span>
          ))}
        </div>
      )}
      <div
        className="row form-line"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text) {
            event.preventDefault() // adds the resource and does not submit the form yet
            add()
          }
        }}
      >
        <ResourceFields type={type} pattern={pattern} onType={setType} onPattern={setPattern} />
        <button type="button" className="btn" disabled={!text} onClick={add}>
          {t('add')}
        </button>
      </div>
    </fieldset>
  )
}
