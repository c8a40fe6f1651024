import { useQuery } from '@tanstack/react-query'
import { applyGates } from '../api/governance'
import { models as modelsQuery, versions as versionsQuery } from '../api/models'
import { quote } from '../api/runs'
import { type Gate } from '../api/types'
import { useT } from '../shell/settings'
import { appliesTo } from './gates'
import { GateOutcome } from './VersionGates'

/** Removes a gate, if the gates have not changed since a revision. */
export const withoutGate = (all: Gate[], name: string, revision: string) =>
  applyGates(
    all.filter((gate) => gate.name !== name),
    revision,
    false,
  )
function LatestVersionCheck({ name, target }: { name: string; target: { alias?: string; stage?: string } }) {
  const found = useQuery(versionsQuery(`name = ${quote(name)}`))
  const newest = found.data?.[0]
  return newest ? (
    <GateOutcome title={`${name} v${newest.version}`} name={name} version={newest.version} target={target} />
  ) : null
}

/** The result of the gates in force for the latest versions of models that a gate applies to. */
export function GateDryRun({ gate }: { gate: Gate }) {
  const t = useT()
  const known = useQuery(modelsQuery(''))
  const about = (known.data ?? []).filter((model) => appliesTo(gate, model.name)).slice(0, 5)
  if (about.length === 0) return null
  return (
    <section className="stack" style={{ gap: 6 }}>
      <h3>{t('inForce')}</h3>
      {about.map((model) => (
        <LatestVersionCheck
          key={model.name}
          name={model.name}
          target={gate.alias ? { alias: gate.alias } : { stage: gate.stage }}
        />
      ))}
    </section>
  )
}
