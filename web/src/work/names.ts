// What fields are called to people.
type T = (key: string) => string

export function fieldName(name: string, t: T): string {
  const names: Record<string, () => string> = {
    about_person: () => t('field_about_person'),
    about_unit: () => t('field_about_unit'),
    approver: () => t('field_approver'),
    approver_name: () => t('field_approver_name'),
    basis: () => t('field_basis'),
    body: () => t('field_body'),
    by_name: () => t('field_by_name'),
    channel: () => t('field_channel'),
    class: () => t('field_class'),
    contact: () => t('field_contact'),
    due: () => t('field_due'),
    finding: () => t('field_finding'),
    ground: () => t('field_ground'),
    guard: () => t('field_guard'),
    lead: () => t('field_lead'),
    level: () => t('field_level'),
    limit: () => t('field_limit'),
    name: () => t('field_name'),
    paper: () => t('field_paper'),
    papers: () => t('field_papers'),
    person: () => t('field_person'),
    place: () => t('field_place'),
    planned: () => t('field_planned'),
    reason: () => t('field_reason'),
    reasons: () => t('field_reasons'),
    remedy: () => t('field_remedy'),
    text: () => t('field_text'),
    title: () => t('field_title'),
    unit: () => t('field_unit'),
    units: () => t('field_units'),
  }
  return names[name]?.() ?? name
}
