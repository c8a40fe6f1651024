import { Icon } from './Icon'
import { MenuItem } from './MenuItem'
import { Popover } from './Popover'

/**
 * The menu of an entry of a list.
 *
 * @param items the text of each item, what it does, and why it cannot be used
 */
export function RowMenu({ title, items }: { title: string; items: [string, () => void, whyNot?: string][] }) {
  return (
    <Popover className="btn ghost icon small" title={title} label={<Icon name="more" size={14} />}>
      {(close) =>
        items.map(([text, run, whyNot]) => (
          <MenuItem key={text} close={close} onClick={run} whyNot={whyNot}>
            {text}
          </MenuItem>
        ))
      }
    </Popover>
  )
}
