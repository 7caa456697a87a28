"""The ticket table, as examples/ticketing describes it in Rust."""

from airflow.configuration import conf
from airflow.models.base import naming_convention
from sqlalchemy import Column, DateTime, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import declarative_base

schema = conf.get("database", "sql_alchemy_schema", fallback="").strip() or None
Base = declarative_base(metadata=MetaData(schema=schema, naming_convention=naming_convention))


class DagRunTicket(Base):
    """A ticket that was made for a failed dag run."""

    __tablename__ = "dag_run_ticket"
    __table_args__ = (Index("idx_drt_dag_run", "dag_id", "run_id"),)

    id = Column(Integer, primary_key=True)
    dag_id = Column(String(250), nullable=False)
    run_id = Column(String(250), nullable=False)
    system = Column(String(50), nullable=False)
    key = Column(String(250), nullable=False)
    status = Column(String(50))
    url = Column(Text)
    created_at = Column(DateTime, nullable=False)
    updated_at = Column(DateTime)
