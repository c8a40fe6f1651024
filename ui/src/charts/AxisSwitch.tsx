import { type Axis } from '../api/types'
import { useT, type Translate } from '../shell/settings'
import { Segments } from '../shell/Tabs'

/** Returns the x axes that lines can have, with their names. */
export const axisOptions = (t: Translate): [Axis, string][] => [
  ['STEP', t('step')],
  ['RELATIVE', t('relative')],
  ['TIME', t('time')],
]

/** Chooses the x axis of lines. */
export function AxisSwitch({ value, onChange }: { value: Axis; onChange: (axis: Axis) => void }) {
  const t = useT()
  return <Segments<Axis> value={value} label={t('xAxis')} onChange={onChange} options={axisOptions(t)} />
}
