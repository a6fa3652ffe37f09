package dev.agentpulse.job.sink;

import dev.agentpulse.job.audit.AnnotatorAgreement;
import java.util.List;

/** Rows of {@code annotator_agreement}. */
final class AnnotatorAgreementUpsertStatement extends UpsertStatement<AnnotatorAgreement.Row> {

    AnnotatorAgreementUpsertStatement() {
        super(
                "agentpulse.annotator_agreement",
                1,
                List.of(
                        Column.text("annotator", AnnotatorAgreement.Row::annotator),
                        Column.bigint("compared_n", AnnotatorAgreement.Row::compared),
                        Column.bigint("agreed_n", AnnotatorAgreement.Row::agreed),
                        Column.numeric("agreement_pct", AnnotatorAgreement.Row::agreementPct),
                        Column.numeric("kappa", AnnotatorAgreement.Row::kappa),
                        Column.time("since", AnnotatorAgreement.Row::sinceMicros),
                        Column.time("as_of", AnnotatorAgreement.Row::asOfMicros)));
    }
}
