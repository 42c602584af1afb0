"""Agreements with every measure and every clause: what their documents say, and that these are made at all."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from pipeline.model.catalog import MeasureName
from pipeline.options import ROOT, Options
from tests.conftest import run_build
from tests.tools.checkers import pdf_text, validate

TERMS = ROOT / "tests" / "projects" / "terms" / "sources"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything the company makes; its second output has the SLA and so the report in English."""
    folder = tmp_path_factory.mktemp("terms")
    english = Path(shutil.copytree(TERMS, folder / "en" / "sources"))
    sla = english / "agreements" / "sla-bay" / "A-00.yaml"
    text = sla.read_text("utf-8").replace("language: zh-CN\nalso_in: [en]", "language: en\nalso_in: [zh-CN]")
    sla.write_text(text, "utf-8")
    for sources, name, kinds in ((TERMS, "zh", ()), (english, "en", ("reports",))):
        outcome = run_build(Options(sources=sources, output=folder / f"out-{name}", kinds=kinds, workers=2))
        assert [str(problem) for problem in outcome.problems if problem.severity == "error"] == []
    return folder


def paragraphs(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return ["".join(one.text or "" for one in line.iter(f"{W}t")) for line in root.iter(f"{W}p")]


def numbered(file: Path) -> list[str]:
    """The paragraphs that are numbered clauses."""
    with zipfile.ZipFile(file) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    style = f"{W}pPr/{W}pStyle[@{W}val='Clause']"
    return [
        "".join(one.text or "" for one in line.iter(f"{W}t"))
        for line in root.iter(f"{W}p")
        if line.find(style) is not None
    ]


def agreement(output: Path, party: str, name: str, language: str = "zh-CN") -> Path:
    return output / "out-zh" / party / "agreements" / f"{name}_A-00{'.en' if language == 'en' else ''}.docx"


def report(output: Path, name: str) -> Path:
    return output / f"out-{name}" / "bay-port" / "reports" / "sla-bay_2026-10"


def test_the_project_promises_every_measure_there_is() -> None:
    text = (TERMS / "agreements" / "sla-bay" / "A-00.yaml").read_text("utf-8")
    assert set(re.findall(r"measure: (\w+)", text)) == set(MeasureName)


def test_every_word_file_is_valid(output: Path) -> None:
    assert validate(*sorted((output / "out-zh").rglob("*.docx"))) == {}


def test_the_sla_says_what_met_means_for_a_least_and_for_a_most(output: Path) -> None:
    chinese, english = (paragraphs(agreement(output, "bay-port", "sla-bay", one)) for one in ("zh-CN", "en"))
    assert any("“≥”表示不低于，“≤”表示不高于）即为达成" in line for line in chinese)
    assert any("satisfies the bound in the table (≥: at least; ≤: at most)" in line for line in english)
    assert {"≤ 30 件", "≥ 4.5 分", "≤ 2.5 个服务日", "失败变更数", "满意度（最低分）"} <= set(chinese)
    assert {"≤ 30 tickets", "≤ 1 change", "≤ 1 ticket", "Failed changes", "Satisfaction (lowest)"} <= set(english)


def test_the_conditions_of_credits_say_themselves_which_way_they_go(output: Path) -> None:
    chinese, english = (paragraphs(agreement(output, "bay-port", "sla-bay", one)) for one in ("zh-CN", "en"))
    assert {"适用条件", "低于 99.5%", "高于 2 小时", "高于 3 件", "连续 3 个合同月中至少 2 个月未达成"} <= set(chinese)
    assert {
        "Condition",
        "below 99.5%",
        "above 3 tickets",
        "missed in at least 2 of 3 consecutive contract months",
    } <= set(english)


@pytest.mark.parametrize(
    ("party", "name", "own", "others"),
    [("bay-port", "sla-bay", ("客户", "本协议"), ("甲方", "本合同")), ("line-co", "uc-lines", ("甲方", "本合同"), ())],
)
def test_caps_repeated_misses_and_reasons_to_leave_are_clauses_in_the_words_of_the_agreement(
    output: Path, party: str, name: str, own: tuple[str, str], others: tuple[str, ...]
) -> None:
    file = agreement(output, party, name)
    clauses, everything = numbered(file), "\n".join(paragraphs(file))
    (year,) = (line for line in clauses if "一个合同年内的抵扣总额" in line)
    assert f"自{own[1]}首个版本生效之日起算" in year
    assert any(line.startswith("以连续若干合同月未达成为条件的抵扣") for line in clauses)
    assert clauses[clauses.index("应用支持的“可用率”目标连续 3 个合同月未达成；") + 1] == (
        "应用支持的“满意度”目标连续 12 个合同月中至少 4 个月未达成。"
    )
    assert f"有下列情形之一的，{own[0]}有权书面通知" in everything
    assert [word for word in others if word in everything] == []


def test_an_agreement_without_such_clauses_does_not_speak_of_them(demo_output: Path) -> None:
    text = "\n".join(paragraphs(demo_output / "nordwind-asia" / "agreements" / "sla-nordwind-office_A-00.docx"))
    assert "Service credits" in text
    assert "contract year do not exceed" not in text.replace("in one contract year (twelve", "")
    assert "several contract months" not in text
    assert "in each of the following cases" not in text


def test_a_contract_with_a_supplier_counts_faults_for_every_measure(output: Path) -> None:
    chinese, english = ("\n".join(paragraphs(agreement(output, "line-co", "uc-lines", one))) for one in ("zh-CN", "en"))
    assert "工单" not in chinese.replace("积压工单数", "").replace("目标编号", "")
    assert "ticket" not in english.lower()
    assert "≤ 30 faults" in english


def test_an_ola_takes_the_records_of_its_own_tool(output: Path) -> None:
    text = "\n".join(paragraphs(agreement(output, "apps-team", "ola-apps")))
    assert "服务台工单记录" not in text
    assert "服务团队可以书面通知" not in text  # no triggers


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "zh",
            [
                "≤ 3 件",
                "4 件",
                "≥ 4.5 分",
                "1 小时 43 分 20 秒",
                "2.5 个服务日折合 18 小时 45 分 00 秒",
                "解除协议的条件已满足",
            ],
        ),
        ("en", ["≤ 3 tickets", "4 tickets", "≤ 1 change", "1 h 43 min 20 s", "Conditions for termination are met"]),
    ],
)
def test_a_report_on_every_measure_is_made_and_tells_each_figure_in_its_unit(
    output: Path, name: str, wanted: list[str]
) -> None:
    text = " ".join(
        pdf_text(report(output, name).with_name("sla-bay_2026-10.pdf")).replace("\N{NO-BREAK SPACE}", " ").split()
    )
    spaceless = text.replace(" ", "")
    assert [one for one in wanted if one.replace(" ", "") not in spaceless] == []


def test_the_months_of_a_report_give_times_briefly(output: Path) -> None:
    told = json.loads(report(output, "zh").with_name("sla-bay_2026-10.json").read_text("utf-8"))
    trends = {row["target"]: [point["shown"] for point in row["trend"]] for row in told["results"]}
    assert trends["p1-median"] == ["1:50:00", "2:55:00", "2:30:00"]
    assert trends["waiting"] == ["0", "1", "4"]


def test_the_alignment_report_names_a_supplier_inside_the_limit_of_a_team(output: Path) -> None:
    text = pdf_text(output / "out-zh" / "internal" / "alignment.zh-CN.pdf").replace("\n", "")
    assert "长线通信的处理时间包含在应用" in re.sub(r"\s", "", text)


def test_the_catalogue_names_each_figure_of_a_level(output: Path) -> None:
    text = "\n".join(paragraphs(output / "out-zh" / "catalog" / "service-catalog.zh-CN.docx"))
    assert "变更成功率 ≥ 90%；失败变更数 ≤ 1 件；满意度 ≥ 4.5 分；满意度（最低分） ≥ 3 分" in text
    assert "2 个服务日（≤ 1 件）" in text
