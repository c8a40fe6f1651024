import { useQuery } from '@tanstack/react-query'
import { permissionsOn } from '../api/access'
import { currentUser } from '../api/users'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { ExplainPanel } from './ExplainPanel'
import { OwnRights } from './OwnRights'
import { ResourceGrants } from './ResourceGrants'
import { useRights } from './useRights'

/** Who may do what to an experiment or a model, and why. Those who manage it can change that. */
export function PermissionsTab({ resource }: { resource: string }) {
  const t = useT()
  const me = useQuery(currentUser)
  const whyNot = useRights(resource)
  const refused = whyNot('manage')
  const found = useQuery({ ...permissionsOn(resource), enabled: Boolean(me.data) && refused === undefined })
  if (!me.data) return null
  return (
    <div className="stack">
      {!me.data.is_admin && <OwnRights whyNot={whyNot} />}
      {refused !== undefined ? (
        <p className="soft">{t('permissionsRefused', { why: refused })}</p>
      ) : problemOf(found) ? (
        <Problem error={found.error} retry={() => void found.refetch()} />
      ) : (
        found.data && (
          <>
            <ResourceGrants resource={resource} found={found.data} admin={me.data.is_admin === true} />
            <ExplainPanel resource={resource} />
          </>
        )
      )}
    </div>
  )
}
