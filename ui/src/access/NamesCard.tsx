import { useId, useState, type ReactNode } from 'react'
import { Icon } from '../shell/Icon'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'

const MANY = 12

/**
 * A list of names on a card, such as the members of a group, from which names can be removed and to which some can be added.
 *
 * @param suggestions names that can be added
 * @param kinds whether names are added with a kind, as in `user:ann`
 */
export function NamesCard({
  title,
  none,
  names,
  suggestions,
  kinds,
  text = (name) => name,
  onAdd,
  onRemove,
}: {
  title: string
  none: string
  names: string[]
  suggestions: string[]
  kinds?: boolean
  text?: (name: string) => ReactNode
  onAdd: (name: string) => Promise<boolean>
  onRemove: (name: string) => void
}) {
  const t = useT()
  const [words, setWords] = useState('')
  const shown = names.filter((name) => name.toLowerCase().includes(words.trim().toLowerCase()))
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span className="faint num">{names.length || ''}</span>
        <span className="spacer" />
        {names.length > MANY && (
          <SearchBox label={t('search')} style={{ height: 24, width: 150 }} value={words} onChange={setWords} />
        )}
      </header>
      {names.length === 0 ? (
        <p className="none">{none}</p>
      ) : (
        <div className="body row wrap scroll-y" style={{ gap: 6 }}>
          {shown.map((name) => (
            <span key={name} className="chip tall">
              {text(name)}
              <button className="th-menu" aria-label={`${t('remove')}: ${name}`} onClick={() => onRemove(name)}>
                <Icon name="close" size={10} />
              </button>
            </span>
          ))}
        </div>
      )}
      <div className="foot">
        <NameForm kinds={kinds} suggestions={suggestions.filter((name) => !names.includes(name))} onAdd={onAdd} />
      </div>
    </section>
  )
}

function NameForm({
  kinds,
  suggestions,
  onAdd,
}: {
  kinds?: boolean
  suggestions: string[]
  onAdd: (name: string) => Promise<boolean>
}) {
  const t = useT()
  const id = useId()
  const [kind, setKind] = useState('user')
  const [name, setName] = useState('')
  const offered = kinds
    ? suggestions.filter((one) => one.startsWith(`${kind}:`)).map((one) => one.slice(kind.length + 1))
    : suggestions
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault()
        void onAdd(kinds ? `${kind}:${name.trim()}` : name.trim()).then((ok) => ok && setName(''))
      }}
    >
      {kinds && (
        <select className="input" aria-label={t('kind')} value={kind} onChange={(event) => setKind(event.target.value)}>
          <option value="user">{t('user')}</option>
          <option value="group">{t('group')}</option>
        </select>
      )}
      <input
        className="input"
        style={{ flex: 1 }}
        aria-label={t('name')}
        placeholder={t('name')}
        list={id}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <datalist id={id}>
        {offered.slice(0, 200).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button className="btn" disabled={!name.trim()}>
        {t('add')}
      </button>
    </form>
  )
}
