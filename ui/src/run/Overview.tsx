import { useState } from 'react'
import { deleteRunTag, setRunTag } from '../api/runs'
import { type Run } from '../api/types'
import { ActionButton } from '../shell/ActionButton'
import { number } from '../shell/format'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { TagDialog } from '../shell/TagDialog'
import { useAction } from '../shell/toasts'
import { NestedRuns } from './NestedRuns'
import { RunDescription } from './RunDescription'
import { RunFacts } from './RunFacts'
import { RunInputs } from './RunInputs'
import { NOTE } from './RunPage'
import { ValueTable } from './ValueTable'

export function Overview({
  run,
  parent,
  note,
  whyNot,
  changed,
}: {
  run: Run
  parent: string | undefined
  note: string | undefined
  /** why the run cannot be changed; undefined if it can */
  whyNot: string | undefined
  changed: () => void
}) {
  const t = useT()
  const act = useAction()
  const { info } = run
  const [tagging, setTagging] = useState<{ key: string; value: string } | true | null>(null)
  const tags = (run.data.tags ?? []).filter((tag) => !tag.key.startsWith('mlflow.'))
  const set = (key: string, value: string) =>
    act(() => setRunTag(info.run_id, key, value), t('saved')).then((ok) => {
      changed()
      return ok
    })
  return (
    <div className="grid2">
      <div className="stack">
        <RunFacts run={run} parent={parent} />
        <RunDescription runId={run.info.run_id} whyNot={whyNot} note={note} onSave={(text) => set(NOTE, text)} />
        <section className="card">
          <header>
            <h2>{t('tags')}</h2>
            <span className="spacer" />
            <ActionButton className="btn small ghost" whyNot={whyNot} onClick={() => setTagging(true)}>
              {t('addTag')}
            </ActionButton>
          </header>
          <div className="body row wrap" style={{ gap: 6 }}>
            {tags.length === 0 && <span className="faint">–</span>}
            {tags.map((tag) => (
              <span key={tag.key} className="chip" style={{ height: 24 }}>
                {whyNot !== undefined ? (
                  <span title={whyNot}>
                    {tag.key}: {tag.value}
                  </span>
                ) : (
                  <>
                    <button className="th-menu" style={{ padding: 0 }} onClick={() => setTagging(tag)}>
                      {tag.key}: {tag.value}
                    </button>
                    <button
                      className="th-menu"
                      aria-label={`${t('remove')}: ${tag.key}`}
                      onClick={() => void act(() => deleteRunTag(info.run_id, tag.key)).then(changed)}
                    >
                      <Icon name="close" size={10} />
                    </button>
                  </>
                )}
              </span>
            ))}
          </div>
        </section>
        <RunInputs run={run} />
        <NestedRuns run={run} />
      </div>
      <div className="stack">
        <ValueTable
          title={t('metrics')}
          rows={(run.data.metrics ?? [])
            .filter((m) => !m.key.startsWith('system/'))
            .map((m) => [m.key, number(m.value), String(m.value)])}
          right
        />
        <ValueTable title={t('params')} rows={(run.data.params ?? []).map((p) => [p.key, p.value, p.value])} />
      </div>
      {tagging && (
        <TagDialog
          initial={tagging === true ? undefined : tagging}
          close={() => setTagging(null)}
          save={async (key, value) => {
            if (await set(key, value)) setTagging(null)
          }}
        />
      )}
    </div>
  )
}
