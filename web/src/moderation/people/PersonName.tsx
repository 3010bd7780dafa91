/** Somebody by name, with the id beside it: names may be alike. By the id alone who never commented. */
export function PersonName({ id, name }: { id: string; name: string | null | undefined }) {
  return (
    <>
      <bdi className="author" title={id}>
        {name ?? id}
      </bdi>
      {name && name !== id && <bdi className="hint">{id}</bdi>}
    </>
  );
}
