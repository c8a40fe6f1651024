import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { keys as keysQuery } from '../api/runs'
import type { Card } from '../charts/cards'
import { ChartForm } from '../charts/ChartForm'
import { columnLabel } from '../runs/columnLabel'
import { allColumns, NO_KEYS } from '../runs/view'
import { Choices } from '../shell/Choices'
import { Dialog, DialogActions } from '../shell/Dialog'
import { useDebounced } from '../shell/hooks'
import { readStored, useT, writeStored } from '../shell/settings'
import { blockOf, fieldsOfBlock, suggestedColumns, type BlockFields } from './blockFields'
import { BlockPreview } from './BlockPreview'
import { BlockRunsFields } from './BlockRunsFields'
import type { Block } from './blocks'
import { ChartBlockOptions } from './ChartBlockOptions'
import { useFirstExperiment } from './ExperimentSelect'

/** The key of the experiment that was chosen last. */
const LAST = 'report.experiment'

/** Asks which runs of which experiment a block of a report shows, and how. */
export function BlockDialog({
  show,
  initial,
  close,
  remove,
  done,
}: {
  show: Block['show']
  initial?: Block
  close: () => void
  remove?: () => void
  done: (block: Block) => void
}) {
  const t = useT()
  const [fields, setFields] = useState(() => fieldsOfBlock(show, initial, readStored<string>(LAST)))
  const change = useCallback((next: Partial<BlockFields>) => setFields((before) => ({ ...before, ...next })), [])
  const setCard = useCallback((card: Card | null) => change({ card }), [change])
  const first = useFirstExperiment()
  const experiment = fields.experiment ?? first
  const known = useQuery({ ...keysQuery(experiment ? [experiment] : []), enabled: experiment !== undefined })
  const keys = known.data ?? NO_KEYS
  const columns = useMemo(() => fields.columns ?? suggestedColumns(keys), [fields.columns, keys])
  const block = blockOf(show, fields, experiment, columns)
  const shown = useDebounced(JSON.stringify(block), 300)
  return (
    <Dialog title={show === 'chart' ? t('chart') : t('runTable')} close={close} wide>
      <div className="block-form">
        <div className="stack" style={{ gap: 12 }}>
          <BlockRunsFields show={show} fields={fields} experiment={experiment} keys={keys} onChange={change} />
          {show === 'table' ? (
            <Choices
              label={t('columns')}
              options={allColumns(keys)}
              chosen={columns}
              text={(column) => columnLabel(column, t)}
              onChange={(columns) => change({ columns })}
            />
          ) : (
            known.isSuccess && (
              <>
                <ChartForm
                  key={experiment}
                  keys={keys}
                  initial={
                    fields.experiment === initial?.experiment && initial?.show === 'chart' ? initial.card : undefined
                  }
                  onCard={setCard}
                />
                <ChartBlockOptions fields={fields} keys={keys} onChange={change} />
              </>
            )
          )}
        </div>
        <BlockPreview block={JSON.parse(shown) as Block | null} />
      </div>
      <DialogActions
        close={close}
        start={
          remove && (
            <button className="btn danger" onClick={remove}>
              {t('remove')}
            </button>
          )
        }
      >
        <button
          className="btn primary"
          disabled={!block}
          onClick={() => {
            if (block) {
              writeStored(LAST, block.experiment)
              done(block)
            }
          }}
        >
          {initial ? t('apply') : t('insert')}
        </button>
      </DialogActions>
    </Dialog>
  )
}
