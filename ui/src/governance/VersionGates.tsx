import { useQuery } from '@tanstack/react-query'
import { gateCheck, gates } from '../api/governance'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { appliesTo } from './gates'

/** The result of the gates of a model for a version: for each guarded alias and stage, every condition with its value. */
export function VersionGates({ name, version }: { name: string; version: string }) {
  const all = useQuery(gates)
  const targets = [
    ...new Map(
      (all.data ?? [])
        .filter((gate) => appliesTo(gate, name))
        .map((gate) => [
          gate.alias ? `@${gate.alias}` : gate.stage,
          gate.alias ? { alias: gate.alias } : { stage: gate.stage },
        ]),
    ).entries(),
  ]
  return (
    <>
      {targets.map(([title, target]) => (
        <GateOutcome key={title} title={title ?? ''} name={name} version={version} target={target} />
      ))}
    </>
  )
}

/** The result of the gates of one alias or stage for a version. */
export function GateOutcome({
  title,
  name,
  version,
  target,
}: {
  title: string
  name: string
  version: string
  target: { alias?: string; stage?: string }
}) {
  const t = useT()
  const found = useQuery(gateCheck(name, version, target))
  if (!found.data) return null
  return (
    <section className="card">
      <header>
        <h2>{t('gatesFor', { target: title })}</h2>
        <span className={`chip ${found.data.passed ? 'good' : 'bad'}`}>
          {found.data.passed ? t('passes') : t('failsGate')}
        </span>
      </header>
      <table className="plain">
        <tbody>
          {(found.data.gates ?? []).flatMap((gate) =>
            (gate.conditions ?? []).map((condition) => (
              <tr key={gate.gate + condition.condition}>
                <td style={{ width: 26, color: condition.passed ? 'var(--good)' : 'var(--bad)' }}>
                  <Icon name={condition.passed ? 'check' : 'close'} size={13} />
                  <span className="visually-hidden">{condition.passed ? t('passes') : t('failsGate')}</span>
                </td>
                <td>
                  <span className="mono">{condition.condition}</span>
                  <div className="faint">{gate.gate}</div>
                </td>
                <td className="soft">{condition.explanation ?? condition.seen}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {(found.data.gates ?? [])
        .filter((gate) => gate.approvals)
        .map((gate) => (
          <p key={gate.gate} className="soft" style={{ padding: '7px 14px' }}>
            {gate.gate}:{' '}
            {t('needsApprovals', {
              n: gate.approvals!.required,
              who: (gate.approvals!.from ?? []).join(', ') || t('anybody'),
            })}
          </p>
        ))}
    </section>
  )
}
