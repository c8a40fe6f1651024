import { type KeyValue } from '../api/types'

/** Tags of a version. Those that say whether it was approved are coloured. */
export function TagChips({ tags }: { tags: KeyValue[] }) {
  return (
    <>
      {tags.map((tag) => (
        <span
          key={tag.key}
          className={`chip ${tag.value === 'approved' ? 'good' : tag.value === 'rejected' ? 'bad' : ''}`}
        >
          {tag.key}: {tag.value}
        </span>
      ))}
    </>
  )
}
