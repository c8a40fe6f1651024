import { useState } from 'react'
import { type Keys } from '../api/types'
import { Dialog, DialogActions } from '../shell/Dialog'
import { useT } from '../shell/settings'
import type { Card } from './cards'
import { ChartForm } from './ChartForm'

export function AddChart({ keys, close, add }: { keys: Keys; close: () => void; add: (card: Card) => void }) {
  const t = useT()
  const [card, setCard] = useState<Card | null>(null)
  return (
    <Dialog title={t('addChart')} close={close}>
      <ChartForm keys={keys} onCard={setCard} />
      <DialogActions close={close}>
        <button className="btn primary" disabled={!card} onClick={() => card && add(card)}>
          {t('add')}
        </button>
      </DialogActions>
    </Dialog>
  )
}
