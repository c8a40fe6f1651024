import { useQuery } from '@tanstack/react-query'
import { models as modelsQuery, quote, versions as versionsQuery } from '../api/queries'
import { useT } from '../shell/settings'
import { applyGates, concerns, type Gate } from './api'
import { GateOutcome } from './Gates'

/** Removes a gate, from the gates that were seen. */
export const withoutGate = (all: Gate[], name: string, revision: string) =>
  applyGates(
    all.filter((gate) => gate.name !== name),
    revision,
    false,
  )
function Newest({ name, target }: { name: string; target: { alias?: string; stage?: string } }) {
  const found = useQuery(versionsQuery(`name = ${quote(name)}`))
  const newest = found.data?.[0]
  return newest ? (
    <GateOutcome title={`${name} v${newest.version}`} name={name} version={newest.version} target={target} />
  ) : null
}

/** What the gates that are in force make of the newest version of the models that this one is about. */
export function DryRun({ gate }: { gate: Gate }) {
  const t = useT()
  const known = useQuery(modelsQuery(''))
  const about = (known.data ?? []).filter((model) => concerns(gate, model.name)).slice(0, 5)
  if (about.length === 0) return null
  return (
    <section className="stack" style={{ gap: 6 }}>
      <h3>{t('inForce')}</h3>
      {about.map((model) => (
        <Newest
          key={model.name}
          name={model.name}
          target={gate.alias ? { alias: gate.alias } : { stage: gate.stage }}
        />
      ))}
    </section>
  )
}
