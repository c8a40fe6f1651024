import { useQuery } from '@tanstack/react-query'
import { PermissionsTab } from '../access/PermissionsTab'
import { experiment } from '../api/experiments'
import { useTitle } from '../shell/hooks'
import { PageProblem, problemOf } from '../shell/Problem'
import { ExperimentHead } from './ExperimentHead'
import type { RunsSearch } from './view'

/** The permissions on an experiment. */
export function ExperimentPermissions({ id, onTab }: { id: string; onTab: (tab: RunsSearch['tab']) => void }) {
  const about = useQuery(experiment(id))
  useTitle(about.data?.name)
  if (problemOf(about)) return <PageProblem query={about} />
  return (
    <>
      <ExperimentHead name={about.data?.name} tab="permissions" onTab={onTab} />
      <div className="page">
        <PermissionsTab resource={`experiment/${id}`} />
      </div>
    </>
  )
}
