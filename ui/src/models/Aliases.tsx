import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useRights } from '../access/useRights'
import { gates } from '../api/governance'
import { deleteAlias, setAlias } from '../api/models'
import { type ModelVersion } from '../api/types'
import { isProtected } from '../governance/gates'
import { useGuardedChange } from '../governance/useGuardedChange'
import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import { useChanged } from './useChanged'
import { useMoveRights } from './useMoveRights'

/** The aliases of a version, each with a button that removes it, and a form that adds one. */
export function Aliases({ version }: { version: ModelVersion }) {
  const t = useT()
  const changed = useChanged()
  const [move, asking] = useGuardedChange(changed)
  const all = useQuery(gates)
  const resource = `registered_model/${version.name}`
  const whyNot = useMoveRights(version.name, resource)
  const removable = useRights(resource)('delete') === undefined
  const [text, setText] = useState('')
  return (
    <div className="row wrap" style={{ gap: 4 }}>
      {(version.aliases ?? []).map((alias) => (
        <span key={alias} className="chip accent">
          @{alias}
          {isProtected(all.data, version.name, { alias }) && (
            <span title={t('protectedAlias')}>
              <Icon name="lock" size={10} />
              <span className="visually-hidden">{t('protectedAlias')}</span>
            </span>
          )}
          {removable && (
            <button
              className="th-menu"
              aria-label={`${t('remove')}: ${alias}`}
              onClick={() => move({ name: version.name, alias }, () => deleteAlias(version.name, alias))}
            >
              <Icon name="close" size={10} />
            </button>
          )}
        </span>
      ))}
      <Popover
        className="btn ghost icon small"
        whyNot={whyNot}
        title={`${t('setAlias')}: v${version.version}`}
        label={<Icon name="plus" size={12} />}
      >
        {(close) => (
          <form
            className="row"
            style={{ padding: 5 }}
            onSubmit={(event) => {
              event.preventDefault()
              close()
              const target = { name: version.name, alias: text.trim(), version: version.version }
              move(target, () => setAlias(target.name, target.alias, target.version))
              setText('')
            }}
          >
            <input
              className="input"
              style={{ width: 150 }}
              placeholder="champion"
              aria-label={t('alias')}
              value={text}
              onChange={(event) => setText(event.target.value)}
              list="known-aliases"
            />
            <datalist id="known-aliases">
              <option value="champion" />
              <option value="challenger" />
              <option value="staging" />
            </datalist>
            <button className="btn small primary" disabled={!text.trim()}>
              {t('save')}
            </button>
          </form>
        )}
      </Popover>
      {asking}
    </div>
  )
}
